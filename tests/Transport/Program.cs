using Hearth.Transport.Tests;

// The test host loads this assembly and never comes here; a test starts it as its neighbour on the node.
return args is [Neighbour.Command, .. var rest] ? await NeighbourLoop.RunAsync(rest) : 2;
