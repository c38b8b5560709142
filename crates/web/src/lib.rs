//! The page (Yew) and the simulation worker.
