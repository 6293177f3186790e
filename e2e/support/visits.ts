// Which pages there are, and who opens them.

import type { APIRequestContext } from "@playwright/test";
import type { accounts } from "./pages";

export interface Visit {
  who: keyof typeof accounts | "nobody";
  path: string;
  /** What the page answers; 200 when left out. */
  status?: number;
}

/** Every kind of page, seen by someone who may open it and, where the page changes, by someone who may do less. */
export const visits: Visit[] = [
  { who: "nobody", path: "/connexion" },
  { who: "nobody", path: "/invitations/absente", status: 404 },
  { who: "nobody", path: "/absent", status: 404 },
  { who: "nobody", path: "/aide" },
  { who: "nobody", path: "/accessibilite" },
  { who: "nobody", path: "/mentions-legales" },
  { who: "nobody", path: "/donnees-personnelles" },
  { who: "nobody", path: "/contact" },
  { who: "camille", path: "/" },
  { who: "camille", path: "/espaces" },
  { who: "camille", path: "/aller" },
  { who: "camille", path: "/espaces/-/nouveau" },
  { who: "camille", path: "/espaces/demat-ads" },
  { who: "camille", path: "/espaces/demat-ads/blog" },
  { who: "camille", path: "/espaces/demat-ads/blog/-/nouveau" },
  { who: "camille", path: "/espaces/demat-ads/guide" },
  { who: "camille", path: "/espaces/demat-ads/membres" },
  { who: "camille", path: "/espaces/demat-ads/membres/-/inviter" },
  { who: "camille", path: "/espaces/demat-ads/reglages" },
  { who: "camille", path: "/espaces/refonte-portail" },
  { who: "camille", path: "/absent", status: 404 },
  { who: "amadou", path: "/espaces/demat-ads" },
  { who: "amadou", path: "/espaces/demat-ads/guide" },
  { who: "amadou", path: "/espaces/demat-ads/membres" },
  { who: "jeanne", path: "/" },
  { who: "jeanne", path: "/espaces" },
  { who: "jeanne", path: "/espaces/demat-ads/blog" },
  { who: "nadia", path: "/" },
  { who: "nadia", path: "/espaces" },
  { who: "nadia", path: "/espaces/reseau-accessibilite" },
  { who: "nadia", path: "/espaces/comite-secret", status: 404 },
  { who: "camille", path: "/annuaire" },
  { who: "camille", path: "/annuaire?q=zzz" },
  { who: "camille", path: "/externes" },
  { who: "nadia", path: "/externes" },
  { who: "admin", path: "/externes?de=tous" },
  { who: "jeanne", path: "/externes", status: 404 },
  { who: "camille", path: "/compte" },
  { who: "camille", path: "/compte/mot-de-passe" },
  { who: "camille", path: "/compte/second-facteur" },
  { who: "camille", path: "/compte/sessions" },
  { who: "camille", path: "/compte/courriels" },
  { who: "camille", path: "/espaces/demat-ads/-/courriels" },
  { who: "camille", path: "/espaces/demat-ads/-/quitter" },
  { who: "camille", path: "/aide" },
  { who: "nobody", path: "/mot-de-passe-oublie" },
  { who: "admin", path: "/" },
  { who: "admin", path: "/-/composants" },
];

/** The addresses of our own pages that an HTML text links to. */
export function linksOf(html: string, base: string): string[] {
  const found = new Set<string>();
  for (const [, href] of html.matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)) {
    const url = new URL((href ?? "").replaceAll("&amp;", "&"), base);
    if (url.origin === new URL(base).origin) {
      found.add(url.pathname + url.search);
    }
  }
  return [...found];
}

/** Follows every link from a page on, up to a limit, and tells which lead nowhere. */
export async function followLinks(
  request: APIRequestContext,
  base: string,
  from: string,
  limit: number,
): Promise<{ followed: number; broken: string[] }> {
  const seen = new Set([from]);
  const queue = [{ path: from, by: "" }];
  const broken: string[] = [];
  let followed = 0;
  for (let next = queue.shift(); next && followed < limit; next = queue.shift()) {
    const answer = await request.get(next.path);
    followed++;
    if (answer.status() !== 200) {
      broken.push(`${next.path} answers ${answer.status()}, linked from ${next.by}`);
      continue;
    }
    if (!answer.headers()["content-type"]?.startsWith("text/html")) {
      continue;
    }
    for (const path of linksOf(await answer.text(), base + next.path)) {
      if (!seen.has(path)) {
        seen.add(path);
        queue.push({ path, by: next.path });
      }
    }
  }
  return { followed, broken };
}
