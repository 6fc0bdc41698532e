export const triggers = {
  title: "Triggers",
  about: "What starts bots by itself: the clock, and other programs.",
  tabs: { calendar: "Calendar", schedules: "Schedules", webhooks: "Webhooks" },
  newSchedule: "New schedule",
  newWebhook: "New webhook",
  mayNot: "Your role may look at triggers, not change them.",
  weekdays: ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"],
  words: {
    minutes: (every: number) => (every === 1 ? "every minute" : `every ${every} minutes`),
    hours: (minute: string) => `every hour at :${minute}`,
    day: (time: string) => `every day at ${time}`,
    weekdays: (time: string) => `weekdays at ${time}`,
    week: (day: string, time: string) => `${day} at ${time}`,
    month: (date: number, time: string) => `every month on day ${date} at ${time}`,
  },
} as const;
