//! The frame of the cache workbench: a program of its own, fetched when it is opened, which draws itself in here.

use crate::browser::import;
use crate::page::words::word;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;
use yew::prelude::*;

const PROGRAM: &str = "./workbench.js";
const STYLES: &str = "./workbench.css";

#[wasm_bindgen]
extern "C" {
    type Program;
    #[wasm_bindgen(method, catch)]
    fn default(this: &Program) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn open(this: &Program, root: &Element) -> Result<(), JsValue>;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fetched {
    Comes,
    Came,
    Failed,
}

/// The workbench, or words while it comes and when it does not.
#[component]
pub fn Workbench() -> Html {
    let root = use_node_ref();
    let fetched = use_state(|| Fetched::Comes);
    let attempt = use_state(|| 0u32);
    {
        let (root, fetched) = (root.clone(), fetched.clone());
        use_effect_with(*attempt, move |_| {
            spawn_local(async move {
                let came = match root.cast::<Element>() {
                    Some(root) => open(&root).await.is_ok(),
                    None => false,
                };
                fetched.set(if came { Fetched::Came } else { Fetched::Failed });
            });
        });
    }
    let again = {
        let (fetched, attempt) = (fetched.clone(), attempt.clone());
        Callback::from(move |_: MouseEvent| {
            fetched.set(Fetched::Comes);
            attempt.set(*attempt + 1);
        })
    };
    html! {
        <>
            <link rel="stylesheet" href={STYLES} />
            { match *fetched {
                Fetched::Came => Html::default(),
                Fetched::Comes => html! { <p class="bench-waiting" role="status">{ word("workbench-comes") }</p> },
                Fetched::Failed => html! {
                    <section class="bench-waiting" role="alert">
                        <h1>{ word("workbench-not-fetched") }</h1>
                        <p>{ word("workbench-not-fetched-why") }</p>
                        <p><button class="primary" onclick={again}>{ word("try-again") }</button></p>
                    </section>
                },
            } }
            <main class="workbench" id="main" ref={root}></main>
        </>
    }
}

async fn open(root: &Element) -> Result<(), JsValue> {
    let program: Program = import(PROGRAM).await?.unchecked_into();
    JsFuture::from(program.default()?).await?;
    program.open(root)
}
