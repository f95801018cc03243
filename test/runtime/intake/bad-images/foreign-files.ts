/** A TIFF of as many pages of 8 by 8 grey pixels, by hand. */
export function tiffPages(pages: number): Buffer {
  const tags: readonly (readonly [tag: number, type: number, value: number])[] = [
    [256, 3, 8], [257, 3, 8], [258, 3, 8], [259, 3, 1], [262, 3, 1], [273, 4, 0], [277, 3, 1], [278, 3, 8], [279, 4, 64],
  ];
  const directoryBytes = 2 + tags.length * 12 + 4;
  const pageBytes = directoryBytes + 64;
  const made = Buffer.alloc(8 + pages * pageBytes, 90);
  made.write('II*\0', 0, 'latin1');
  made.writeUInt32LE(8, 4);
  for (let page = 0; page < pages; page++) {
    const start = 8 + page * pageBytes;
    made.writeUInt16LE(tags.length, start);
    tags.forEach(([tag, type, value], index) => {
      const at = start + 2 + index * 12;
      made.writeUInt16LE(tag, at);
      made.writeUInt16LE(type, at + 2);
      made.writeUInt32LE(1, at + 4);
      made.writeUInt32LE(tag === 273 ? start + directoryBytes : value, at + 8);
    });
    made.writeUInt32LE(page === pages - 1 ? 0 : start + pageBytes, start + directoryBytes - 4);
  }
  return made;
}

/** A bitmap of 24 bits a pixel, all of one colour. */
export function bmp(width: number, height: number): Buffer {
  const row = Math.ceil(width * 3 / 4) * 4;
  const made = Buffer.alloc(54 + row * height, 120);
  made.fill(0, 0, 54);
  made.write('BM', 0, 'latin1');
  made.writeUInt32LE(made.length, 2);
  made.writeUInt32LE(54, 10);
  made.writeUInt32LE(40, 14);
  made.writeInt32LE(width, 18);
  made.writeInt32LE(height, 22);
  made.writeUInt16LE(1, 26);
  made.writeUInt16LE(24, 28);
  return made;
}

/** How a file of the ISO base media family begins. */
export function heifHead(brand: string): Buffer {
  return Buffer.concat([Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0${brand}mif1`, 'latin1'), Buffer.alloc(64)]);
}
