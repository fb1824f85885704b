namespace Hearth.Transport.Shares;

/// <summary>Why a node share did not do what was asked.</summary>
public enum ShareFault
{
    /// <summary>The name of an owner or an object is not one.</summary>
    BadName,

    /// <summary>The folder cannot be used as a share.</summary>
    BadFolder,

    /// <summary>A living process has that owner's directory.</summary>
    OwnerInUse,

    /// <summary>There is no such object, or it was removed.</summary>
    NotFound,

    /// <summary>The owner has an object, or a draft, of that name.</summary>
    Exists,

    /// <summary>An object longer than the whole budget can never be made.</summary>
    TooLarge,

    /// <summary>The budget would allow it, but the folder's file system has no memory left.</summary>
    OutOfMemory,
}
