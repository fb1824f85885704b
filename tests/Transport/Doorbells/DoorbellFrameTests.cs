using FsCheck;
using FsCheck.Fluent;
using Hearth.Transport.Doorbells;

namespace Hearth.Transport.Tests.Doorbells;

public sealed class DoorbellFrameTests
{
    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        var frames =
            from type in Gen.Elements(Enum.GetValues<DoorbellFrameType>())
            from sequence in Gen.Choose(0, int.MaxValue)
            from kind in Gen.Choose(0, ushort.MaxValue)
            from length in Gen.Choose(0, int.MaxValue)
            from name in Gen.Choose(0, DoorbellFrame.MaxNameLength)
            select new DoorbellFrame(type, ((long)sequence << 31) + 1, (ushort)kind, (long)length << 32, new string('n', name));
        Prop.ForAll(
            frames.ToArbitrary(),
            frame =>
            {
                var bytes = new byte[DoorbellFrame.Size];
                frame.Write(bytes);
                return DoorbellFrame.Read(bytes) == frame;
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Read_OfAnyBytes_IsAFrameOrNone() => Prop.ForAll(
        Gen.Choose(0, 255).ArrayOf(DoorbellFrame.Size).ToArbitrary(),
        numbers =>
        {
            var bytes = numbers.Select(number => (byte)number).ToArray();
            return DoorbellFrame.Read(bytes) is null or { Length: >= 0, Name.Length: <= DoorbellFrame.MaxNameLength }
                && DoorbellHello.Read([.. bytes, .. bytes, .. bytes, .. bytes]) is null;
        }).QuickCheckThrowOnFailure();
}
