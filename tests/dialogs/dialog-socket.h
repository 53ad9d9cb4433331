/* SPDX-License-Identifier: MIT */
/* dialog-socket.h: a served office of its own, and dialogues with it over loopback. */
#pragma once
#include "dialog.h"
#include "dialog-rows.h"

G_BEGIN_DECLS

typedef struct ServedOffice ServedOffice;

/* Starts `program serve --temporary` with ports that the kernel chooses, and waits until all listen.
 * `scenario` may be NULL. NULL and `error` if it ends or is not ready in time; end with served_office_stop(). */
ServedOffice *served_office_start (const char *program, const char *scenario, GError **error);
/* Ends it by SIGTERM, and marks in `rows` (may be NULL) what its sessions took. FALSE and `error` if it does not end in
 * time, or not with status 0. */
gboolean served_office_stop (ServedOffice *office, DialogRows *rows, GError **error);
/* How to speak with it; belongs to the office. */
DialogTransport *served_office_transport (ServedOffice *office);

G_END_DECLS
