/** Where the pointer was last, on the screen. Pasting and adding by key happen there. */
export const pointer: { x: number; y: number; over: boolean } = { x: 0, y: 0, over: false };
