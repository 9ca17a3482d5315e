/** What `starlight.graph` is asked and answers, as the server writes it. */

export interface GraphParams<What extends keyof GraphAnswers = keyof GraphAnswers> {
  what: What;
  /** Of the note in question, or of any file in the folder. */
  uri?: string;
  /** The path of one open folder. */
  root?: string;
  /** Where a path leads: a URI. */
  to?: string;
  depth?: number;
  limit?: number;
}

export interface GraphNote {
  /** Relative to its root, with `/`. */
  path: string;
  title: string;
  uri: string;
}

/** Lines that a step rests on; they count from 1. */
export interface GraphGround {
  path: string;
  uri: string;
  first: number;
  heading: string;
  text: string;
}

/** From one note to another; `uri` and `title` are those of the note that it leads to. */
export interface GraphStep {
  from: string;
  to: string;
  title: string;
  uri: string;
  kind: "link" | "meaning" | "tag";
  /** How often they link to each other; their cosine; how many notes have the tag. */
  strength: number;
  tag: string;
  evidence: GraphGround[];
  words: string[];
}

/** What every answer has. */
export interface GraphAnswer {
  /** What the user should know of it: that the notes are still being compared in meaning; may be empty. */
  message: string;
}

export interface Neighbours extends GraphAnswer, GraphNote {
  neighbours: (GraphStep & { depth: number })[];
}

export interface Connection extends GraphAnswer {
  from: GraphNote;
  to: GraphNote;
  connected: boolean;
  /** The way that says most. */
  steps: GraphStep[];
  /** Another way of fewer steps; empty where there is none. */
  shortest: GraphStep[];
}

export interface Orphans extends GraphAnswer {
  orphans: (GraphNote & { near: GraphNote[] })[];
  total: number;
}

export interface Hubs extends GraphAnswer {
  hubs: (GraphNote & { n_from: number; n_to: number })[];
}

export interface Bridges extends GraphAnswer {
  bridges: (GraphNote & { clusters: string[] })[];
}

/** By what is asked. */
export interface GraphAnswers {
  neighbours: Neighbours;
  path: Connection;
  orphans: Orphans;
  hubs: Hubs;
  bridges: Bridges;
}
