/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GXDP_VERSION_H
#define GXDP_VERSION_H

#define GXDP_VERSION "0.1.0"

#endif /* GXDP_VERSION_H */
