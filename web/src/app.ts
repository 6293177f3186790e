/**
 * What every page loads. Pages are links and forms that work without it; this
 * makes them quicker and keeps what is typed. Modules are deferred, so the page
 * is whole when this runs.
 */
import "htmx.org";
import { startAnswers } from "./answers";
import { startDrafts } from "./drafts";
import { startGuard } from "./guard";
import { announceFlash } from "./live";
import { startMenus } from "./menus";
import { startPalette } from "./palette";
import { startRail } from "./rail";
import { startContents, startTabs } from "./reading";
import { startTheme } from "./theme";

startAnswers();
startDrafts();
startGuard();
startMenus();
startPalette();
startRail();
startTheme();
startTabs();
startContents();
announceFlash();
