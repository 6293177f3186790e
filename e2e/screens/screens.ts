import { join } from "node:path";
import { accounts, signInQuickly } from "../support/pages";
import { test } from "../support/test";
import { visits } from "../support/visits";

const folder = join(import.meta.dirname, "..", "results", "screens");
const post = { who: "camille", path: "/espaces/demat-ads/blog", first: true } as const;

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${width} ${colorScheme}`, () => {
      test.use({ colorScheme, viewport: { width, height: width === 360 ? 740 : 800 } });

      for (const { who, path } of visits) {
        test(`${path} ${who}`, async ({ arrive, guard }) => {
          guard.allowStatus(404);
          const person = await arrive();
          if (who !== "nobody") {
            await signInQuickly(person, accounts[who]);
          }
          await person.page.goto(path);
          await person.page.screenshot({ path: fileOf(who, path, width, colorScheme), fullPage: true });
        });
      }

      test("a post", async ({ arrive }) => {
        const person = await arrive();
        await signInQuickly(person, accounts[post.who]);
        await person.page.goto(post.path);
        await person.page
          .getByRole("main")
          .locator("a[href^='/espaces/demat-ads/blog/']:not([href*='/-/'])")
          .first()
          .click();
        await person.page.screenshot({ path: fileOf(post.who, "/billet", width, colorScheme), fullPage: true });
      });
    });
  }
}

function fileOf(who: string, path: string, width: number, theme: string): string {
  const name = path === "/" ? "accueil" : path.replace(/^\//, "").replace(/[^a-z0-9]+/g, "-");
  return join(folder, `${name}-${who}-${width}-${theme}.png`);
}
