//! The page.

fn main() {
    headroom_web::page::start();
}
