//! `#[derive(Wire)]`: the form of structs and enums as `headroom_wire` describes it, one field after the other.
//!
//! Left out: type parameters, unions, and structs without fields.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, Ident, Variant, parse_macro_input};

/// Writes and reads a type in the form of `headroom_wire`.
#[proc_macro_derive(Wire)]
pub fn derive(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let (write, read) = match &input.data {
        Data::Struct(data) => {
            let names = names(&data.fields);
            let (pattern, write) = (pattern(&data.fields, &names), write_fields(&data.fields, &names));
            let read = read_fields(&data.fields, &quote!(Self));
            (quote! { let Self #pattern = self; #write }, read)
        }
        Data::Enum(data) => (write_enum(data.variants.iter()), read_enum(data.variants.iter())),
        Data::Union(_) => (quote!(compile_error!("a union has no form")), quote!()),
    };
    let name = &input.ident;
    quote! {
        impl ::headroom_wire::Wire for #name {
            fn write(&self, to: &mut ::headroom_wire::Writer) { #write }
            fn read(from: &mut ::headroom_wire::Reader<'_>) -> Self { #read }
        }
    }
    .into()
}

fn write_enum<'a>(variants: impl Iterator<Item = &'a Variant>) -> TokenStream {
    let arms = variants.enumerate().map(|(index, Variant { ident, fields, .. })| {
        let index = index as u32;
        let names = names(fields);
        let (pattern, write) = (pattern(fields, &names), write_fields(fields, &names));
        quote!(Self::#ident #pattern => { to.variant(#index); #write })
    });
    quote!(match self { #(#arms)* })
}

fn read_enum<'a>(variants: impl ExactSizeIterator<Item = &'a Variant>) -> TokenStream {
    let count = variants.len() as u32;
    let arms = variants.enumerate().map(|(index, Variant { ident, fields, .. })| {
        let index = index as u32;
        let read = read_fields(fields, &quote!(Self::#ident));
        // What is damaged is read as the first variant.
        if index == 0 { quote!(_ => { #read }) } else { quote!(#index => { #read }) }
    });
    // The arm for all others has to be the last.
    let arms: Vec<_> = arms.collect();
    let arms = arms.iter().rev();
    quote!(match from.variant(#count) { #(#arms)* })
}

/// Names to bind the fields to: not their own, which might be `to`.
fn names(fields: &Fields) -> Vec<Ident> {
    (0..fields.len()).map(|index| format_ident!("field_{index}")).collect()
}

fn pattern(fields: &Fields, names: &[Ident]) -> TokenStream {
    let own = fields.iter().flat_map(|field| &field.ident);
    match fields {
        Fields::Named(_) => quote!({ #(#own: #names),* }),
        Fields::Unnamed(_) => quote!(( #(#names),* )),
        Fields::Unit => quote!(),
    }
}

fn write_fields(fields: &Fields, names: &[Ident]) -> TokenStream {
    let write = quote!(#(::headroom_wire::Wire::write(#names, to);)*);
    match fields {
        Fields::Unit => quote!(to.nothing();),
        Fields::Unnamed(_) if names.len() == 1 => write,
        _ => quote!(to.open_list(); #write to.close();),
    }
}

fn read_fields(fields: &Fields, name: &TokenStream) -> TokenStream {
    let reads = fields.iter().map(|_| quote!(::headroom_wire::Wire::read(from)));
    let names = fields.iter().flat_map(|field| &field.ident);
    match fields {
        Fields::Unit => quote!(from.nothing(); #name),
        Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => quote!(#name(#(#reads),*)),
        Fields::Unnamed(_) => quote! {
            from.open_list();
            let value = #name(#(#reads),*);
            from.close();
            value
        },
        Fields::Named(_) => quote! {
            from.open_list();
            let value = #name { #(#names: #reads),* };
            from.close();
            value
        },
    }
}
