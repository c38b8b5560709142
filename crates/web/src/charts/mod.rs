//! Figures over time: what each chart shows ([`content`]), its axes ([`axis`]), its drawing by plotters ([`plot`])
//! and the component that holds them ([`Chart`]).

pub mod axis;
pub mod chart;
pub mod content;
pub mod node;
mod pair;
pub mod plot;

pub use axis::time_range;
pub use chart::{Ask, Chart, ChartProps, Rows, paint};
pub use content::Kind;
pub use node::Figure as NodeFigure;
pub use pair::Pair;
pub use plot::Flag;
