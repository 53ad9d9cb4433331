/* SPDX-License-Identifier: MIT */
/* authority.h: the office's own certificate authority, a folder with a key. Private to src/wire. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

/* The certificate and key of the server `name`, as PEM: from FOLDER/NAME.pem if that is good for all
 * host names for another day, else made and written there, with the authority itself if need be. The
 * caller frees. NULL and *error say which file is in the way and what to do. Safe in several threads
 * and processes at once. */
char *gpo_authority_certificate (const char *folder, const char *name, const char *const *host_names,
                                 GError **error);

G_END_DECLS
