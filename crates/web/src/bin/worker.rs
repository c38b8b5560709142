//! The simulation worker.

fn main() {
    headroom_web::worker::start();
}
