using FsCheck;
using FsCheck.Fluent;
using Hearth.Transport.Shares;

namespace Hearth.Transport.Tests.Shares;

/// <summary>Random plays of two owners: what is taken is what is held, never more than the budget, and whoever has a lease reads what was sealed.</summary>
public sealed class ShareModelTests
{
    private const int Pages = 8;

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void Play_OfAnyOrder_KeepsBudgetAndLeases(int idleSeconds) => Prop.ForAll(
        Gen.Choose(0, 999_999).ListOf().ToArbitrary(),
        moves =>
        {
            using var folder = new ShareFolder();
            using var play = new Play(folder, TimeSpan.FromSeconds(idleSeconds));
            foreach (var move in moves)
            {
                play.Do(move);
                play.Check();
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private sealed class Play : IDisposable
    {
        private readonly NodeShare[] _shares;
        private readonly List<(int Share, ShareDraft Draft)> _drafts = [];
        private readonly List<Sealed> _sealed = [];
        private readonly List<(Sealed Of, ShareObject Object)> _leases = [];
        private int _count;

        public Play(ShareFolder folder, TimeSpan idle)
        {
            _shares = [.. Enumerable.Range(0, 2).Select(i => NodeShare.Open(folder.Path, $"owner-{i}", new() { Budget = Pages * ShareFolder.Page, IdleTime = idle }, TimeProvider.System))];
        }

        /// <summary>Pages that drafts, sealed objects, and removed ones that are read take.</summary>
        private int Taken => _drafts.Sum(draft => ToPages(draft.Draft.Length))
            + _sealed.Where(entry => !entry.IsRemoved || _leases.Exists(lease => lease.Of == entry)).Sum(entry => ToPages(entry.Length));

        public void Do(int move)
        {
            var pick = move / 6;
            switch (move % 6)
            {
                case 0:
                    Create(pick % 2, (pick / 2 % (3 * ShareFolder.Page)) + 1);
                    break;
                case 1 when _drafts.Count > 0:
                    Seal(pick % _drafts.Count);
                    break;
                case 2 when _drafts.Count > 0:
                    _drafts[pick % _drafts.Count].Draft.Dispose();
                    _drafts.RemoveAt(pick % _drafts.Count);
                    break;
                case 3 when _sealed.Where(entry => !entry.IsRemoved).ToList() is { Count: > 0 } here:
                    var wanted = here[pick % here.Count];
                    _leases.Add((wanted, _shares[pick % 2].Open($"owner-{wanted.Share}", wanted.Name)));
                    break;
                case 4 when _leases.Count > 0:
                    _leases[pick % _leases.Count].Object.Dispose();
                    _leases.RemoveAt(pick % _leases.Count);
                    break;
                case 5 when _sealed.Count > 0:
                    var removed = _sealed[pick % _sealed.Count];
                    Assert.Equal(!removed.IsRemoved, _shares[removed.Share].Remove(removed.Name));
                    removed.IsRemoved = true;
                    break;
            }
        }

        public void Check()
        {
            foreach (var share in _shares)
                share.FreeRetired();
            Assert.Equal(Taken * ShareFolder.Page, _shares[0].Used);
            Assert.InRange(_shares[0].Owners().Sum(owner => owner.Bytes), Taken * ShareFolder.Page, Pages * ShareFolder.Page);
            foreach (var (of, lease) in _leases)
            {
                Assert.Equal(of.Length, lease.Length);
                Assert.Equal(-1, lease.Buffer.AsSpan().IndexOfAnyExcept(of.Value));
            }
            for (var i = 0; i < _shares.Length; i++)
                Assert.Equal(_sealed.Where(entry => entry.Share == i && !entry.IsRemoved).Select(entry => entry.Name).Order(StringComparer.Ordinal), _shares[1 - i].List($"owner-{i}").Select(entry => entry.Name));
        }

        public void Dispose()
        {
            _leases.ForEach(lease => lease.Object.Dispose());
            _drafts.ForEach(draft => draft.Draft.Dispose());
            foreach (var share in _shares)
                share.Dispose();
        }

        private static int ToPages(long length) => (int)((length + ShareFolder.Page - 1) / ShareFolder.Page);

        private void Create(int share, int length)
        {
            using var stop = new CancellationTokenSource();
            var draft = _shares[share].CreateAsync($"object-{_count++}", length, stop.Token);
            if (Taken + ToPages(length) <= Pages)
            {
                _drafts.Add((share, draft.WaitAsync(ShareFolder.Generous).GetAwaiter().GetResult()));
                return;
            }
            Assert.False(draft.IsCompleted);
            stop.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => draft.WaitAsync(ShareFolder.Generous).GetAwaiter().GetResult());
        }

        private void Seal(int i)
        {
            var (share, draft) = _drafts[i];
            _drafts.RemoveAt(i);
            var entry = new Sealed(share, draft.Name, draft.Length, (byte)(_count + i));
            draft.Buffer.AsSpan().Fill(entry.Value);
            _sealed.Add(entry);
            _leases.Add((entry, draft.Seal()));
        }
    }

    private sealed class Sealed(int share, string name, long length, byte value)
    {
        public int Share => share;

        public string Name => name;

        public long Length => length;

        public byte Value => value;

        public bool IsRemoved { get; set; }
    }
}
