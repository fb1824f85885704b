namespace Hearth.Operator.WorkerPools;

/// <summary>Workers of a pool by state, as its status shows them.</summary>
internal readonly record struct PoolCounts(int Idle, int Starting, int Claimed, int Assigned);
