/** Names of the fields of `dsregcmd /status`, compared as readers of every build must. */

/** Old builds print spaces and dashes otherwise. */
export const spelt = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
