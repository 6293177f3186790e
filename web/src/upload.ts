/** What the server answers for a file that it keeps until it is joined to something. */
export interface Sent {
  ref: string;
  name: string;
  note: string;
  image: boolean;
  /** Why a picture is no image; empty for the rest. */
  said: string;
}

/**
 * Sends a file and tells how much of it went, in per cent. The answer is what is kept,
 * or else why it is not, in the words of the server: empty where it does not answer.
 */
export function upload(address: string, file: File, progress: (percent: number) => void): Promise<Sent | string> {
  const body = new FormData();
  body.append("fichier", file, file.name);
  return new Promise((settle) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    progress(0);
    request.upload.addEventListener("progress", (event) => {
      progress(event.total > 0 ? Math.floor((100 * event.loaded) / event.total) : 0);
    });
    request.addEventListener("load", () => settle(read(request.response, request.status === 200)));
    request.addEventListener("error", () => settle(""));
    request.addEventListener("abort", () => settle(""));
    request.send(body);
  });
}

/** Reads an answer: what is kept, or the words of a refusal. */
export function read(body: unknown, kept: boolean): Sent | string {
  if (typeof body !== "object" || body === null) {
    return "";
  }
  const fields: Record<string, unknown> = { ...body };
  const said = typeof fields["said"] === "string" ? fields["said"] : "";
  if (!kept) {
    return said;
  }
  const { ref, name, note, image } = fields;
  return typeof ref === "string" && typeof name === "string"
    ? { ref, name, note: String(note ?? ""), image: image === true, said }
    : "";
}
