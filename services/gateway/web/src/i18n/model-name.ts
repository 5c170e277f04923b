import type { Model } from "../api/types";
import { catalogue, type MessageKey } from "./catalogue";
import { t } from "./translate";

/** A model's name as its choice is called, or its bare name where we do not know it. */
export function modelName(name: string): string {
  return known(`paint.model.${name}`) ?? name;
}

/** What a model says of itself, in the reader's language where we know the model. */
export function modelStatement({ name, statement }: Pick<Model, "name" | "statement">): string {
  return known(`paint.model.${name}.statement`) ?? statement;
}

function known(key: string): string | undefined {
  return key in catalogue ? t(key as MessageKey) : undefined;
}
