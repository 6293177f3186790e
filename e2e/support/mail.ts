// The local page where every mail that Ruche sends can be read.

import { expect } from "@playwright/test";

export interface Mail {
  id: string;
  subject: string;
  text: string;
  html: string;
}

/** Waits for the newest mail to an address, whose subject holds some words; mail leaves by the queue, shortly after the commit. */
export async function mailTo(mails: string, address: string, subject = ""): Promise<Mail> {
  let found: Mail[] = [];
  await expect(async () => {
    const answer = await fetch(`${mails}/api/mails?to=${encodeURIComponent(address)}`);
    found = ((await answer.json()) as Mail[]).filter((mail) => mail.subject.includes(subject));
    expect(found.length, `mails to ${address}`).toBeGreaterThan(0);
  }).toPass({ timeout: 20_000 });
  const newest = found[0];
  if (!newest) {
    throw new Error("no mail");
  }
  return newest;
}
