import { Suspense, lazy } from "react";

import { Picker } from "./Picker";
import { Refused } from "./Refused";
import { SearchBox } from "./SearchBox";
import { useCanvasUi } from "./ui";
import { WireBox } from "./WireBox";

const Shortcuts = lazy(() => import("./Shortcuts"));
const Commands = lazy(() => import("./Commands").then((found) => ({ default: found.Commands })));

/** What opens over the canvas. */
export function Overlays() {
  const { picking, searching, wiring, shortcuts } = useCanvasUi();
  return (
    <>
      {picking !== null && <Picker key={`${picking.x},${picking.y}`} picking={picking} />}
      {searching && <SearchBox />}
      {wiring !== null && <WireBox node={wiring} />}
      <Refused />
      <Suspense>
        {shortcuts && <Shortcuts />}
        <Commands />
      </Suspense>
    </>
  );
}
