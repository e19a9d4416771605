/** LDAP search filters (RFC 4515) as data: values are values, never text to be escaped. */
export type Filter =
  | { readonly type: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly type: 'not'; readonly filter: Filter }
  | { readonly type: 'equal'; readonly attribute: string; readonly value: Uint8Array }
  | { readonly type: 'present'; readonly attribute: string };
