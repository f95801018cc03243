/** When images are held because they look like others. */
export interface NearDuplicateHold {
  /**
   * In how many of the 64 bits of their perceptual hashes two drops may differ that count as near duplicates: 0 to 8. The same photograph
   * in another quality or size, or a little brighter, differs in 0 to 4; different photographs in 10 and more.
   *
   * @default 4
   */
  readonly maxDistance?: number;
}
