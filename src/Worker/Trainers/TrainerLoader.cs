using System.Net;
using System.Net.Sockets;
using Hearth.Api.Workers;
using Hearth.Training;
using Hearth.Transport.Collectives;
using Hearth.Worker.Artifacts;
using Hearth.Worker.Assignments;
using Hearth.Worker.Devices;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Trainers;

/// <summary>Makes a worker one rank of a training: fetches and reads the data, waits for the other ranks, and goes on from the latest checkpoint.</summary>
internal sealed class TrainerLoader(
    ArtifactCache artifacts, AcceleratorHost accelerators, VolumeMounts mounts, RingOptions options, TimeProvider time, ILogger<TrainerLoader> logger)
    : IRoleLoader
{
    private int _open;

    /// <inheritdoc/>
    public WorkerRole Role => WorkerRole.Trainer;

    /// <inheritdoc/>
    public string? FindFault(Assignment assignment) => assignment.Training switch
    {
        null => "The assignment has no training.",
        { Spec.Program.Builtin: null } => "The training has no builtin program; a container runs in a pod of its own.",
        { Spec.Output: null } => "The training has no output.",
        { Token.Length: 0 } => "The training has no token.",
        { Peers.Count: 0 } => "The training has no peers.",
        { Rank: var rank, Peers.Count: var count } when rank < 0 || rank >= count => $"The rank is {rank}, with {count} peers expected 0 to {count - 1}.",
        { Peers: var peers } => peers.FirstOrDefault(peer => !IPEndPoint.TryParse(peer, out _)) is { } wrong ? $"'{wrong}' is no address:port of a peer." : null,
    };

    /// <inheritdoc/>
    public string? FindLeak() => accelerators.FindLeak() ?? (Volatile.Read(ref _open) is > 0 and var open ? $"{open} trainings" : null);

    /// <inheritdoc/>
    public async Task<(IServedRole Served, AssignmentProgress Ready)> LoadAsync(
        Assignment assignment, ProgressLog progress, CancellationToken cancellation)
    {
        var work = assignment.Training!;
        var builtin = work.Spec.Program.Builtin!;
        var start = time.GetTimestamp();
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Fetching });
        if (work.Rank == 0)
            TrainingSettings.RequireFolders(work.Spec, mounts);
        var reader = new TrainingDataReader(artifacts, assignment.Id, progress);
        var (train, test) = await reader.ReadAsync(builtin, cancellation);
        var fetched = time.GetTimestamp();
        progress.Append(new AssignmentProgress
        {
            Id = assignment.Id,
            State = AssignmentState.Loading,
            Message = work.Peers.Count > 1 ? $"rank {work.Rank} waits for the other {work.Peers.Count - 1}" : null,
        });

        var parts = new List<IDisposable>();
        Interlocked.Increment(ref _open);
        parts.Add(new Closing(this));
        try
        {
            var model = TrainingSettings.MakeModel(builtin, train);
            var ring = await JoinAsync(assignment, parts, cancellation);
            var trainer = TrainingSettings.MakeTrainer(accelerators.Get(), model, train, builtin, ring);
            parts.Add(trainer);
            var plan = TrainingSettings.MakePlan(work.Spec, mounts, trainer.StepsPerEpoch, test);
            var loop = new TrainingLoop(trainer, ring, plan);
            var resumption = await TrainingFailures.ExplainAsync(() => loop.ResumeAsync(cancellation));
            var role = new TrainerRole(assignment, trainer, loop, plan, resumption, progress, ring, [.. parts], time, logger);
            return (role, role.Line(AssignmentState.Ready) with
            {
                DeployCodeMs = time.GetElapsedTime(start, fetched).TotalMilliseconds,
                DeployDependencyMs = time.GetElapsedTime(fetched).TotalMilliseconds,
            });
        }
        catch
        {
            foreach (var part in Enumerable.Reverse(parts))
                part.Dispose();
            throw;
        }
    }

    private async Task<Ring> JoinAsync(Assignment assignment, List<IDisposable> parts, CancellationToken cancellation)
    {
        var work = assignment.Training!;
        var peers = work.Peers.Select(IPEndPoint.Parse).ToArray();
        using var listener = peers.Length > 1 ? Listen(peers[work.Rank]) : null;
        var identity = new RingIdentity(assignment.Uid, work.Attempt, work.Rank, peers.Length, work.Token);
        var ring = await TrainingFailures.ExplainAsync(() => Ring.JoinAsync(identity, listener, peers, options, time, cancellation));
        parts.Add(ring);
        return ring;
    }

    private static RingListener Listen(IPEndPoint address)
    {
        try
        {
            return RingListener.Bind(address);
        }
        catch (SocketException e)
        {
            throw new AssignmentException(
                new AssignmentFailure(
                    AssignmentFailureReason.PeerLost, $"The worker cannot listen at {address} for the other ranks: {e.Message}. See what else uses the port.", Retriable: true),
                e);
        }
    }

    private sealed class Closing(TrainerLoader loader) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref loader._open);
    }
}
