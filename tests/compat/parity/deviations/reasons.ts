export const NOT_FOUND = 'What is not there is M_NOT_FOUND everywhere; Synapse lets an error of its database through.'
export const BAD_TYPES = 'A value of a wrong type is refused; Synapse takes it for something else, or breaks.'
export const STAYS_KNOWN = 'What is known of a room stays known when all local members left; Synapse forgets its state.'
