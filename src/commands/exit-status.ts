/** Exit statuses of the doctor beyond its verdict, as sysexits(3) numbers them. */
export const EXIT = { usage: 64, unreadable: 66, defect: 70, unwritable: 73, configuration: 78 } as const;
