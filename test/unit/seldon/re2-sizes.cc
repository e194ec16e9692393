// Prints the size of RE2's program for each line of the standard input, or -1 for what is not an expression.
// It is how the sizes in re2-sizes.json were measured: with libre2-dev 20220601+dfsg-1+b1 of Debian 12 (Unicode 14).
// To measure them again, in this folder:
//
//   apt-get install g++ jq libre2-dev
//   g++ -O2 -o /tmp/re2-sizes re2-sizes.cc -lre2
//   jq -r '.[].expression' re2-sizes.json | /tmp/re2-sizes > /tmp/sizes
//   jq --slurpfile sizes /tmp/sizes '[., $sizes] | transpose | map(.[0] + {size: .[1]})' re2-sizes.json > /tmp/new.json
//   mv /tmp/new.json re2-sizes.json && npx biome check --write re2-sizes.json

#include <iostream>
#include <re2/re2.h>
#include <string>

int main() {
  RE2::Options options;
  options.set_log_errors(false);
  for (std::string line; std::getline(std::cin, line);) {
    RE2 expression(line, options);
    std::cout << (expression.ok() ? expression.ProgramSize() : -1) << "\n";
  }
}
