/** Everything that runs before the first paint; charts come later, by a dynamic import. */
import { defineSpendChart } from "./chart/element.ts";
import { defineAskBox } from "./page/ask.ts";
import { offerCopying } from "./page/copy.ts";
import { keepDefinitionsAtHand } from "./page/definitions.ts";
import { keepDialogsInStep } from "./page/dialogs.ts";
import { followKeys } from "./page/keyboard.ts";
import { lightRowsWithCharts } from "./page/light.ts";
import { keepMenusInHand } from "./page/menus.ts";
import { keepPageInStep } from "./page/navigation.ts";
import { offerPalette } from "./page/palette.ts";
import { helpWithSubscriptions } from "./page/subscription.ts";
import { switchThemeInPlace } from "./page/theme.ts";
import { shortenValueLists } from "./page/values.ts";

keepPageInStep();
keepMenusInHand();
keepDialogsInStep();
followKeys();
offerPalette();
keepDefinitionsAtHand();
switchThemeInPlace();
offerCopying();
lightRowsWithCharts();
shortenValueLists();
helpWithSubscriptions();
defineSpendChart();
defineAskBox();
