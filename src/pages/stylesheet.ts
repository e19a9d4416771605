/**
 * The look of the pages. Old web views know no custom properties and drop what they do not understand, so colours are
 * written out and every newer rule stands by itself. Nothing moves.
 *
 * Owns: layout and type. Does not own: the colours (palette.ts).
 */
import type { Palette } from './palette.ts';

export function writeStylesheet(light: Palette, dark: Palette): string {
  return `${LAYOUT}${colours(light)}@media (prefers-color-scheme:dark){
:root{color-scheme:dark}
${colours(dark)}.logo{background:#fff;padding:.375rem .625rem;border-radius:.375rem}
}
${FORCED_COLOURS}${PRINT}`;
}

const LAYOUT = `*{box-sizing:border-box}
[hidden]{display:none!important}
header,main,footer,details,summary{display:block}
html{font:100%/1.5 "Segoe UI Variable Text","Segoe UI",system-ui,-apple-system,Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;padding:4.5rem 1rem 2rem;overflow-wrap:break-word;word-wrap:break-word}
.sheet{max-width:28rem;margin:0 auto;padding:2.25rem 2.5rem 2.5rem;border:1px solid;border-radius:.625rem}
.organisation{margin:0;font-weight:600}
.logo{display:block;max-width:100%;max-height:3rem;width:auto;height:auto}
h1{margin:1.5rem 0 1.25rem;font-size:1.5rem;line-height:1.3;font-weight:600}
h2{margin:1.75rem 0 .5rem;font-size:1rem;line-height:1.4;font-weight:600}
p{margin:0 0 1rem}
.person{margin:-.75rem 0 1.25rem;overflow-wrap:anywhere}
.field{margin:0 0 1.25rem}
label{display:block;margin:0 0 .375rem;font-size:.9375rem;font-weight:600}
input{font:inherit;color:inherit}
.field input{display:block;width:100%;min-height:2.75rem;padding:.5rem .75rem;border:1px solid;border-radius:.375rem;-webkit-appearance:none;appearance:none}
.field .code{font-family:Consolas,"SF Mono",Menlo,"DejaVu Sans Mono",monospace;font-size:1.25rem;letter-spacing:.125em}
.hint{margin:.375rem 0 0;font-size:.875rem;line-height:1.4}
.check{position:relative;margin:0 0 1.25rem;padding-left:1.875rem}
.check input{position:absolute;left:0;top:.1875rem;width:1.125rem;height:1.125rem;margin:0}
.check label{display:inline-block;margin:0;font-weight:400}
.check .hint{margin-top:0}
.act{margin:1.5rem 0 0}
.button{display:block;width:100%;min-height:2.75rem;padding:.625rem 1rem;border:1px solid;border-radius:.375rem;font:inherit;font-weight:600;line-height:1.4;text-align:center;text-decoration:none;cursor:pointer;-webkit-appearance:none;appearance:none}
.button[aria-disabled=true]{opacity:.6;cursor:default}
.aside{margin:1.25rem 0 0}
.aside+p,.aside+form{margin-top:1.25rem}
a{text-decoration:underline;text-underline-offset:.15em}
.problem,.notice,.done{margin:0 0 1.25rem;padding:.75rem 1rem;border:1px solid;border-left-width:.25rem;border-radius:.375rem}
.problem:empty,.scripted .needs-script{display:none}
.problem p,.notice p,.done p{margin:0}
.ways ul,.links,.factors,.choices{margin:0;padding:0;list-style:none}
.ways li,.links li{margin:0 0 .375rem}
.choice{display:block;margin:0 0 .75rem;padding:1rem 1.125rem;border:1px solid;border-radius:.5rem;text-decoration:none}
.choice strong{display:block;text-decoration:underline;text-underline-offset:.15em}
.choice span{display:block;font-size:.9375rem}
.qr{width:13rem;max-width:100%;margin:0 auto 1.25rem;padding:.5rem;border-radius:.375rem;background:#fff}
.qr svg{display:block;width:100%;height:auto}
code{font-family:Consolas,"SF Mono",Menlo,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;word-break:break-word}
.copy{-webkit-user-select:all;user-select:all}
.key{font-size:1.0625rem}
.codes{margin:1.25rem 0;padding:1rem 1.25rem;border:1px solid;border-radius:.375rem;list-style:none;-webkit-columns:2;columns:2}
.codes li{padding:.1875rem 0}
.codes code{font-size:1.0625rem}
.factors li{margin:0 0 1rem;padding:.875rem 1rem;border:1px solid;border-radius:.375rem}
.factor{margin:0}
.factors details{margin:.625rem 0 0}
summary{display:list-item;cursor:pointer}
details p{margin:.625rem 0 0}
details .act{margin-top:.75rem}
.unseen{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip:rect(0,0,0,0);white-space:nowrap}
.details{margin:2rem 0 0;padding:1.25rem 0 0;border-top:1px solid;font-size:.875rem}
.details h2{margin:0 0 .5rem;font-size:.875rem}
dl{margin:0}
dt{margin:.5rem 0 0}
dd{margin:0}
.help-desk{font-weight:600}
.clean-up{position:absolute;width:1px;height:1px;opacity:0}
footer{max-width:28rem;margin:1.25rem auto 0;padding:0 2.5rem;font-size:.875rem}
footer p{margin:0}
:focus{outline:.1875rem solid;outline-offset:.125rem}
:focus:not(:focus-visible){outline:0}
@media (max-height:45rem){
body{padding-top:1.5rem}
}
@media (min-height:22rem){
.problem~form input{scroll-margin-top:17rem}
}
@media (max-width:30rem){
body{padding:0 0 1.5rem}
.sheet{padding:1.75rem 1.25rem;border-width:0 0 1px;border-radius:0}
footer{padding:0 1.25rem}
.codes{-webkit-columns:1;columns:1}
}
`;

function colours(palette: Palette): string {
  return `body{background:${palette.ground};color:${palette.text}}
.sheet{background:${palette.card};border-color:${palette.cardEdge};box-shadow:inset 0 .25rem 0 ${palette.accentEdge},0 .125rem .5rem rgba(0,0,0,.06)}
.person span,.hint,.choice span,.details,.details h2,footer{color:${palette.quiet}}
.field input{background:${palette.field};border-color:${palette.outline}}
.field input[readonly]{background:${palette.ground}}
.field input[aria-invalid=true]{border-color:${palette.problem}}
.check input{accent-color:${palette.accentEdge}}
.button{background:${palette.accent};border-color:${palette.accentEdge};color:${palette.onAccent}}
.button:hover,.button:active{background:${palette.accentPressed}}
.plain{background:${palette.card};border-color:${palette.outline};color:${palette.text}}
.plain:hover,.plain:active{background:${palette.ground}}
a,summary{color:${palette.link}}
a.button{color:${palette.onAccent}}
.choice,.notice{border-color:${palette.outline}}
.codes,.factors li,.details{border-color:${palette.cardEdge}}
.choice:hover{background:${palette.ground}}
.problem{background:${palette.problemGround};border-color:${palette.problem};color:${palette.problem}}
.done{background:${palette.doneGround};border-color:${palette.done};color:${palette.done}}
.notice{background:${palette.ground}}
:focus{outline-color:${palette.link}}
`;
}

const FORCED_COLOURS = `@media (forced-colors:active){
.button{border-width:2px}
.qr{forced-color-adjust:none}
}
`;

const PRINT = `@media print{
body{padding:0;background:#fff;color:#000}
.sheet{max-width:none;padding:0;border:0;background:#fff;box-shadow:none}
footer{max-width:none;padding:0}
.act,.aside{display:none}
.codes{border-color:#000}
a,.person span,.hint,footer{color:#000}
}
`;
