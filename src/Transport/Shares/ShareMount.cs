namespace Hearth.Transport.Shares;

/// <summary>The file system that a share lies on.</summary>
/// <param name="Type">Its type: <c>tmpfs</c>, where a share belongs.</param>
/// <param name="HugePages">Its option <c>huge</c>: <c>always</c>, <c>within_size</c>, <c>advise</c>, or <c>never</c>.</param>
internal sealed record ShareMount(string Type, string HugePages)
{
    private const string Huge = "huge=";

    /// <summary>Finds the file system of a folder.</summary>
    public static ShareMount Of(string folder) => Parse(File.ReadLines("/proc/self/mountinfo"), Path.GetFullPath(folder));

    /// <summary>Finds it in the lines of <c>/proc/self/mountinfo</c> (proc(5)).</summary>
    public static ShareMount Parse(IEnumerable<string> mounts, string folder)
    {
        var (found, longest) = (new ShareMount("unknown", "never"), -1);
        foreach (var line in mounts)
        {
            // 36 35 98:0 /root /mount/point options optional… - type source super-options
            var halves = line.Split(" - ", 2);
            var (place, end) = (halves[0].Split(' '), halves.Length == 2 ? halves[1].Split(' ') : []);
            if (place.Length < 5 || end.Length < 3 || place[4].Length < longest || !IsWithin(folder, place[4]))
                continue;
            longest = place[4].Length;
            var huge = end[2].Split(',').FirstOrDefault(option => option.StartsWith(Huge, StringComparison.Ordinal));
            found = new(end[0], huge?[Huge.Length..] ?? "never");
        }
        return found;
    }

    private static bool IsWithin(string folder, string mount) =>
        mount == "/" || folder == mount || (folder.StartsWith(mount, StringComparison.Ordinal) && folder[mount.Length] == '/');
}
