/** One class that workers can choose. */
export interface Label {
  /**
   * What workers see and what the data set calls the class: 1 to 256 characters, unique in the list.
   */
  readonly name: string;

  /**
   * A colour for the class, written `#rrggbb`.
   *
   * It is kept with the project's configuration; the worker page chooses its own colours.
   *
   * @default - no colour
   */
  readonly color?: string;

  /**
   * One sentence about the class, shown to workers in the instructions.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Whether the class is out of use.
   *
   * The position of a label in the list is its class id in the data set, so a label can be neither removed nor moved:
   * a retired one keeps its place and is no longer offered to workers.
   *
   * @default false
   */
  readonly retired?: boolean;
}
