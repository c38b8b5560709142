// The views that a page must serve well: two sizes, two themes.

export const sizes = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
};

export const themes = ["dark", "light"];

/** Every size in every theme, as `{ name, viewport, theme }`. */
export const views = Object.entries(sizes).flatMap(([size, viewport]) =>
  themes.map((theme) => ({ name: `${size}-${theme}`, viewport, theme })),
);

/** Gives a page the size and the preferred theme of one view. */
export async function show(page, view) {
  await page.setViewportSize(view.viewport);
  await page.emulateMedia({ colorScheme: view.theme });
}
