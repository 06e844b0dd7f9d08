/* SPDX-License-Identifier: GPL-2.0 */
/* Tests of the program "unit" that have a file of their own */
#ifndef TEST_UNIT_H
#define TEST_UNIT_H

void test_aggregate(void **state);
void test_ranges_to_prefixes(void **state);

#endif /* TEST_UNIT_H */
