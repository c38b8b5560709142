//! Labs are fetched when they are opened, each as one file beside the page; claims and symptoms when a part of the page
//! wants them. What was fetched stays at hand.

use super::route::Place;
use super::share::Shared;
use super::store::{Action, State};
use js_sys::Uint8Array;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Response;
use yew::Callback;

/// Has the lab that `place` names at hand, where it can be had. The page says so where it cannot.
pub async fn prepare(place: &Place) {
    if let Place::Lab { lab, .. } = place
        && is_wanted(lab)
    {
        // Without it the place is still there, and says what is missing.
        let _ = bring(lab).await;
    }
}

/// Passes actions on; one that leads to a lab not yet at hand when it has come. Where one goes meanwhile is where one
/// stays.
pub fn fetching(dispatch: Callback<Action>) -> Callback<Action> {
    let journeys = Rc::new(Cell::new(0_u32));
    Callback::from(move |action: Action| {
        let to = match &action {
            Action::Go(place) => Some(place.clone()),
            Action::OpenShared(Shared::Run(file)) => {
                Some(Place::Lab { lab: file.lab.clone(), step: String::new() })
            }
            _ => None,
        };
        let Some(to) = to else { return dispatch.emit(action) };
        let journey = journeys.get().wrapping_add(1);
        journeys.set(journey);
        match to {
            Place::Lab { ref lab, .. } if is_wanted(lab) => {
                let (dispatch, journeys) = (dispatch.clone(), journeys.clone());
                spawn_local(async move {
                    prepare(&to).await;
                    if journeys.get() == journey {
                        dispatch.emit(action);
                    }
                });
            }
            _ => dispatch.emit(action),
        }
    })
}

/// Whether there is such a lab, and it is not at hand.
pub fn is_wanted(lab: &str) -> bool {
    State::course().outline(lab).is_some() && headroom_labs::lab(lab).is_none()
}

/// Fetches claims and symptoms. Whether they are at hand now.
pub async fn bring_sayings() -> bool {
    match fetched("sayings").await {
        Ok(bytes) => headroom_labs::bring_sayings(&bytes).is_ok(),
        Err(_) => false,
    }
}

async fn bring(lab: &str) -> Result<(), JsValue> {
    headroom_labs::bring(fetched(lab).await?).map_err(|_| JsValue::NULL)?;
    Ok(())
}

async fn fetched(file: &str) -> Result<Vec<u8>, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let asked = window.fetch_with_str(&format!("./labs/{file}.bin"));
    let response: Response = JsFuture::from(asked).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}
