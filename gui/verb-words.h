/* SPDX-License-Identifier: MIT */
/* verb-words.h: what commands, answers and other inputs of the machines mean, for somebody who learns. */
#pragma once
#include "trace/event.h"

G_BEGIN_DECLS

/* What somebody wants who says this command in this protocol: "one recipient more for the envelope". NULL:
 * not known. */
const char *gpo_command_meaning (GpoProtocol protocol, const char *verb);
/* What the server tells with this word of IMAP, asked or not (RFC 3501 §7): "EXISTS" → "so many letters are
 * in the mailbox". NULL: not known. */
const char *gpo_response_meaning (const char *word);
/* What happened, said of an input that is no command: "the queue asked where the letter goes next". NULL: not
 * known, or a command. */
const char *gpo_input_meaning (const char *input);
/* What became of it: "ok" → "it is done", "sequence" → "it came out of order". NULL: not known. */
const char *gpo_verdict_meaning (const char *verdict);

G_END_DECLS
