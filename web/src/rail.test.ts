import { beforeEach, describe, expect, it } from "vitest";
import { railCookie, startRail } from "./rail";

describe("railCookie", () => {
  it("remembers a folded rail for a year, on the whole site", () => {
    expect(railCookie(true, true)).toBe("ruche_rail=folded; max-age=31536000; path=/; samesite=lax; secure");
  });

  it("forgets one that is not folded", () => {
    expect(railCookie(false, false)).toBe("ruche_rail=; max-age=0; path=/; samesite=lax");
  });
});

describe("the button that folds the rail", () => {
  beforeEach(() => {
    document.body.innerHTML = `<div class="app"><nav id="rail" popover>
      <button data-rail-fold hidden aria-expanded="true"></button>
      <a class="rail-item" href="/"><span class="rail-label">Home</span></a>
    </nav></div>`;
    startRail();
  });

  it("is there with the script, and turns the rail to and fro", () => {
    const button = document.querySelector("button");
    const app = document.querySelector(".app");
    const item = document.querySelector<HTMLElement>(".rail-item");
    expect(button?.hidden).toBe(false);
    button?.click();
    expect(app?.classList.contains("app-folded")).toBe(true);
    expect(button?.getAttribute("aria-expanded")).toBe("false");
    expect(item?.title).toBe("Home");
    expect(document.cookie).toContain("ruche_rail=folded");
    button?.click();
    expect(app?.classList.contains("app-folded")).toBe(false);
    expect(button?.getAttribute("aria-expanded")).toBe("true");
    expect(item?.title).toBe("");
    expect(document.cookie).not.toContain("folded");
  });
});
