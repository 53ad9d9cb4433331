/* SPDX-License-Identifier: MIT */
/* dialog-paper.h: dialogues with the bare sessions, in memory: no disk, no network, no time. */
#pragma once
#include "dialog.h"

G_BEGIN_DECLS

/* Why this dialogue cannot be played in memory, or NULL if it can. Static. */
const char *dialog_paper_lacks (const Dialog *dialog);
/* Static; each session opened has a paper office of its own. */
DialogTransport *dialog_paper_transport (void);

G_END_DECLS
