/* Loads what every page may use; each module looks for its own data attributes and does nothing without them. */
import "./theme.js";
import "./dialog.js";
import "./keys.js";
import "./idle.js";
import "./once.js";
import "./copy.js";
import "./chart.js";
import "./fold.js";
import "./cards.js";
import "./passkey.js";
import "./typed.js";
