// Files and texts made to do harm, as small as they can be.

import { crc32, deflateSync } from "node:zlib";

/** What a chooser of files is given. */
export interface Sent {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A PNG of so many pixels, black, one bit each (ISO/IEC 15948): 200 megapixels weigh 25 kB. */
export function widePng(width: number, height: number): Sent {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1; // bits for each pixel; the kind of colour and the rest are 0
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  const buffer = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { name: `immense-${width}.png`, mimeType: "image/png", buffer };
}

function chunk(kind: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A GIF (89a) that plays so many frames, each of the whole size and of one colour. */
export function movingGif(width: number, height: number, frames: number): Sent {
  const u16 = (n: number) => [n & 255, n >> 8];
  const frame = Buffer.concat([
    Buffer.from([0x21, 0xf9, 4, 0, 1, 0, 0, 0]), // a hundredth of a second
    Buffer.from([0x2c, 0, 0, 0, 0, ...u16(width), ...u16(height), 0, 2]),
    blocks(oneColour(width * height)),
  ]);
  const buffer = Buffer.concat([
    Buffer.from("GIF89a", "latin1"),
    Buffer.from([...u16(width), ...u16(height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
    ...Array<Buffer>(frames).fill(frame),
    Buffer.from([0x3b]),
  ]);
  return { name: "sans-fin.gif", mimeType: "image/gif", buffer };
}

/** LZW of pixels of colour 0, with two bits to begin with: each code stands for one pixel more than the one before. */
function oneColour(pixels: number): Buffer {
  const [clear, end, first] = [4, 5, 6];
  const bytes: number[] = [];
  let [held, bits, size, next] = [0, 0, 3, first];
  const put = (code: number) => {
    held |= code << bits;
    bits += size;
    for (; bits >= 8; bits -= 8) {
      bytes.push(held & 255);
      held >>>= 8;
    }
  };
  put(clear);
  let run = 0; // how many pixels the last code stood for
  for (let left = pixels; left > 0; left -= run) {
    if (next === 4095) {
      put(clear);
      [size, next, run] = [3, first, 0];
    }
    if (run > 0) {
      // The reader adds a code after each but the first.
      next++;
    }
    run = run > 0 && left > run ? run + 1 : 1;
    put(run === 1 ? 0 : next - 1);
    if (next >= 1 << size && size < 12) {
      size++;
    }
  }
  put(end);
  if (bits > 0) {
    bytes.push(held & 255);
  }
  return Buffer.from(bytes);
}

/** The sub-blocks of a GIF, of 255 bytes at most each. */
function blocks(data: Buffer): Buffer {
  const out: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const part = data.subarray(at, at + 255);
    out.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat([...out, Buffer.from([0])]);
}

/** An SVG that would run, were it shown as a page. */
export const scriptedSvg: Sent = {
  name: "logo.svg",
  mimeType: "image/svg+xml",
  buffer: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script><rect width="9" height="9"/></svg>',
  ),
};

/** What a word processor puts in the clipboard for so many paragraphs, in so many bytes at least: mostly not text. */
export function fromWordProcessor(paragraphs: number, bytes: number): string {
  const one = (n: number) =>
    `<p class=MsoNormal style='margin-bottom:0cm;mso-pagination:none'><!--[if gte vml 1]><v:shape id="s${n}" style='width:${n}pt'></v:shape><![endif]--><span lang=FR style='font-size:11.0pt;font-family:"Calibri",sans-serif;color:black'>Article ${n}. <b style='mso-bidi-font-weight:normal'>Le maire</b> décide.<o:p></o:p></span></p>`;
  const body = Array.from({ length: paragraphs }, (_, n) => one(n + 1)).join("\n");
  const style = ".MsoNormal{mso-style-unhide:no;mso-pagination:widow-orphan}\n";
  const styles = style.repeat(Math.ceil(Math.max(0, bytes - body.length) / style.length));
  return `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Word"><style>${styles}</style><script>alert(1)</script></head><body lang=FR style='tab-interval:35.4pt'><h1 style='mso-list:l0'>Règlement</h1><img src="file:///C:/clip_image001.png" onerror="alert(3)">${body}</body></html>`;
}
