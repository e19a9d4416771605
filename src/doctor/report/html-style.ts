/** The style of the page: system fonts, light and dark, narrow screens, paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f3f4f6; --line: #d0d5db; --dim: #57606a;
  --error: #b3261e; --warning: #8a5300; --info: #0b57a4; --ok: #1a7037; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #15181c; --soft: #1f2429; --line: #3a424b;
  --dim: #9aa4af; --error: #ff8a80; --warning: #f0b35a; --info: #7cb8ff; --ok: #6fd08c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: .85rem; margin: .8rem 0 .2rem; color: var(--dim); }
p, ol, ul { margin: .2rem 0; }
.summary { color: var(--dim); margin-bottom: 1.2rem; }
section { border: 1px solid var(--line); border-left: 5px solid var(--dim); border-radius: 6px; padding: .9rem 1rem; margin: 0 0 1rem; }
section.error { border-left-color: var(--error); } section.error > h2 .severity { color: var(--error); }
section.warning { border-left-color: var(--warning); } section.warning > h2 .severity { color: var(--warning); }
section.info { border-left-color: var(--info); } section.info > h2 .severity { color: var(--info); }
section.ok { border-left-color: var(--ok); } section.ok > h2 .severity { color: var(--ok); }
code, pre { font: .85rem/1.45 ui-monospace, Consolas, monospace; }
code { overflow-wrap: anywhere; white-space: pre-wrap; }
.id { color: var(--dim); font-weight: normal; }
pre { background: var(--soft); border-radius: 4px; padding: .5rem .7rem; margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
li.pointed > strong { color: var(--warning); }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; font-size: .85rem; }
td, th { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.quotes td { border: 0; } .place { color: var(--dim); width: 11rem; }
tr.differs td:first-child { color: var(--error); font-weight: 600; } tr.missing td:first-child { color: var(--warning); font-weight: 600; }
tr.same td:first-child { color: var(--ok); } tr.shown td:first-child { color: var(--dim); }
.rows th[scope=row] { width: 14rem; } .rows td:first-child { width: 4.5rem; }
.source { color: var(--dim); font-size: .8rem; margin-top: .7rem; }
summary { cursor: pointer; margin: .6rem 0; } details section { margin-left: .5rem; }
@media print { main { max-width: none; padding: 0; } section { break-inside: avoid; } details::details-content { content-visibility: visible; } }
`;
