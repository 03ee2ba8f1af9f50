/** The house in a worker of its own: whatever it computes, the page stays awake, and a tab in the background goes on. */
import { expose } from "comlink";
import { house } from "./house.ts";

expose(house);
