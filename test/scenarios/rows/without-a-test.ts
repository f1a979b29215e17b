// Rows of the tables that no test plays: those that cannot apply, with the reason, and those that are still to be written.

/** Why there is nothing to play. */
export const CANNOT_APPLY: Readonly<Record<string, string>> = {
  B7: 'processes of this machine are started without high availability; Kubernetes targets are not built yet',
};

/** To be emptied: each gets a row, a test or a reason. */
export const NOT_YET: readonly string[] = [
  ...['A2', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A11', 'A12', 'A14', 'A15', 'A16', 'A17', 'A19', 'A20', 'A21', 'A22', 'A24', 'A25', 'A26'],
  ...['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B8', 'B9', 'B10', 'B11'],
  ...['C2', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10', 'C11'],
  ...['D2', 'D6', 'D7', 'D8', 'D9', 'D10', 'D13', 'D15'],
  ...['E3', 'E4', 'E5', 'E7', 'E8', 'E9', 'E10', 'E12', 'E13'],
  ...['F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F10'],
  ...['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7', 'G8', 'G9', 'G10', 'G11'],
];
