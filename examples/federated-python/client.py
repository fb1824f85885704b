#!/usr/bin/env python3
"""Takes part in a federated aggregation with data of this machine. Needs Python 3 and NumPy (Debian: apt-get install python3-numpy)."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

import safetensors_file
import shards
from federation import Federation, Refused
from network import Network

TOO_LATE = ("ERR_FEDERATION_ROUND_CLOSED", "ERR_FEDERATION_NOT_SELECTED", "ERR_FEDERATION_OTHER_UPDATE")
REPLACED = ("ERR_FEDERATION_UNKNOWN_ROUND", "ERR_FEDERATION_UNKNOWN_MODEL")


class Client:
    def __init__(self, federation, name, examples, labels):
        self.federation, self.name = federation, name
        self.examples, self.labels = examples, labels
        self.rounds = {}
        self.trained = (None, None)

    def run(self):
        """Takes part until the federation is finished; returns its last model."""
        self.join()
        while True:
            task = self.known(lambda: self.federation.task(self.name))
            if task is None:
                continue
            self.settle()
            if task["state"] == "Finished":
                return self.load(task) if "modelUrl" in task else None
            try:
                self.work(task)
            except Refused as e:
                if e.code in TOO_LATE:
                    self.rounds[task["round"]] = False
                elif e.code not in REPLACED:
                    raise
                self.say(f"round {task['round']}: {e}")

    def work(self, task):
        """Trains for a round and sends the weights. What was trained is kept: the same task may come again."""
        number, work = task["round"], task["localWork"]
        if self.trained[0] != (number, task["modelDigest"]):
            network = self.load(task)
            random = np.random.default_rng(task["seed"])
            network.train(self.examples, self.labels, work["epochs"], work["batchSize"], work["learningRate"], random)
            self.trained = ((number, task["modelDigest"]), safetensors_file.write(network.parameters))
        self.known(lambda: self.federation.upload(task["updateUrl"], self.trained[1], len(self.labels)))
        self.rounds[number] = None
        self.say(f"round {number}: sent {len(self.trained[1])} bytes")

    def load(self, task):
        manifest = json.loads(self.federation.download(task["manifestUrl"]))
        weights = self.federation.download(task["modelUrl"], task["modelDigest"])
        return Network(manifest["model"], safetensors_file.read(weights))

    def settle(self):
        """Asks what became of the updates sent."""
        for number in [number for number, included in self.rounds.items() if included is None]:
            try:
                report = self.federation.round(number, self.name)
            except Refused:
                continue
            if report["state"] == "Published":
                self.rounds[number] = bool(report["included"])
                self.say(f"round {number}: " + ("included" if report["included"] else "not included"))

    def join(self):
        self.federation.join(self.name, len(self.labels))
        self.say(f"joined with {len(self.labels)} examples")

    def known(self, ask):
        """Asks; where the federation does not know this client, joins and asks again."""
        while True:
            try:
                return ask()
            except Refused as e:
                if e.code != "ERR_FEDERATION_UNKNOWN_CLIENT":
                    raise
                self.join()

    def say(self, text):
        print(f"{self.name}: {text}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--federation", required=True, metavar="URL", help="http://localhost:3500/federations/default/digits, for example")
    parser.add_argument("--id", required=True, metavar="NAME")
    parser.add_argument("--data", required=True, metavar="IMAGES,LABELS", help="files of the IDX format")
    parser.add_argument("--shard", default="0/1", metavar="I/N", help="take part I, from 0, of N parts of the data")
    parser.add_argument("--dirichlet", type=float, default=0, metavar="ALPHA", help="the smaller, the less alike are the parts; 0 deals out evenly")
    parser.add_argument("--seed", type=int, default=0, help="of the split; the same for all clients")
    parser.add_argument("--token-file", metavar="FILE", help="holds this client's token, where the federation asks for one")
    options = parser.parse_args()

    images, labels = (shards.read_idx(path) for path in options.data.split(","))
    index, count = (int(number) for number in options.shard.split("/"))
    part = shards.take(labels, index, count, options.dirichlet, options.seed)
    token = Path(options.token_file).read_text().strip() if options.token_file else None
    client = Client(Federation(options.federation, token), options.id, images[part], labels[part].astype(int))
    try:
        network = client.run()
    except Refused as e:
        sys.exit(f"{options.id}: {e}")
    right = f"; right on {network.accuracy(client.examples, client.labels):.1%} of {len(part)} own examples" if network else ""
    client.say(f"finished; took part in {len(client.rounds)} rounds, included in {sum(1 for included in client.rounds.values() if included)}{right}")


if __name__ == "__main__":
    main()
