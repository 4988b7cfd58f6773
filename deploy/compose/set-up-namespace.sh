#!/bin/sh
# Creates the namespace and the search attributes of Fairway's releases. TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE
# say where, RETENTION how long ended releases are kept. Done already, it changes nothing but the retention.
set -eu

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi

# One that is there with this type is left as it is.
create_search_attributes() {
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
    --name FairwayService --type Keyword \
    --name FairwayEnvironment --type Keyword \
    --name FairwayVersion --type Keyword \
    --name FairwayStrategy --type Keyword \
    --name FairwayPhase --type Keyword \
    --name FairwayOutcome --type Keyword \
    --name FairwayWaitsFor --type Keyword
}

# All parts of the server know a new namespace after some seconds; until then it is "not found".
tries=30
until create_search_attributes; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then exit 1; fi
  sleep 1
done
