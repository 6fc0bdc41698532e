import { createContext } from "react";

/** Whether the frame of the page already says that the server does not answer: then nothing in it says so again. */
export const AwayShown = createContext(false);
