// Who asks for less motion gets counters and bars in place of moving marks.
import { expect, picture, test } from "../helpers/test.js";
import { open } from "../helpers/learner.js";

/**
 * How much of the way between the two cards of lab 0.1 shows the colour of a request, in pixels of the page: but for the
 * end of it, where those stand that wait, in either way of drawing.
 */
const drawn = (page) =>
  page.locator(".stage canvas").evaluate((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const columns = new Set();
    for (let x = Math.round(width * 0.25); x < width * 0.6; x += 1) {
      for (let y = 0; y < height; y += 2) {
        const [red, green, blue] = data.slice((y * width + x) * 4, (y * width + x) * 4 + 3);
        if (Math.abs(red - 0x56) + Math.abs(green - 0xb4) + Math.abs(blue - 0xe9) < 30) columns.add(x);
      }
    }
    return (columns.size * canvas.clientWidth) / width;
  });

for (const [reducedMotion, bar] of [["no-preference", false], ["reduce", true]]) {
  test(`requests with motion: ${reducedMotion}`, async ({ page, home }) => {
    await page.emulateMedia({ reducedMotion });
    await open(page, home, "busy-is-not-full");
    // Marks are spread over the way and move on; a band covers it, but for the number on it, and stands still.
    await expect.poll(() => drawn(page)).toBeGreaterThan(60);
    const seen = new Set();
    for (let look = 0; look < 6; look += 1) seen.add(await drawn(page));
    expect(seen.size > 1).toBe(!bar);
    // The knob that asks to be turned pulses, or is only ringed.
    const pulse = page.locator(".lesson .knob.inviting");
    const shots = [];
    for (let shot = 0; shot < 4; shot += 1) shots.push((await pulse.screenshot()).toString("base64"));
    expect(new Set(shots).size > 1).toBe(!bar);
    await picture(page, `motion-${reducedMotion}`);
  });
}
