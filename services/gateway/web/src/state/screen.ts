import { signal } from "@preact/signals";

const phone = matchMedia("(max-width: 767px)");

/** The same bound as in the styles. */
export const isPhone = signal(phone.matches);

phone.addEventListener("change", () => {
  isPhone.value = phone.matches;
});
