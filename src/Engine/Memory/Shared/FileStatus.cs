namespace Camshaft.Engine.Memory.Shared;

/// <summary>What the system says of an open file.</summary>
/// <param name="Owner">The user that it belongs to.</param>
/// <param name="Mode">Its kind and who may do what, as <c>stat.h</c> has them.</param>
/// <param name="ByteSize">How many bytes it has.</param>
internal readonly record struct FileStatus(uint Owner, int Mode, long ByteSize)
{
    private const int KindMask = 0xF000;
    private const int Regular = 0x8000;
    private const int OthersReadAndWrite = 6;

    /// <summary>Whether it holds bytes, and is no directory, pipe or device.</summary>
    public bool IsRegular => (Mode & KindMask) == Regular;

    /// <summary>Whether a user may read and write it, as far as its owner and the rights of all say; null = nobody knows which user.</summary>
    public bool IsOpenTo(uint? user) => user == 0 || user == Owner || (Mode & OthersReadAndWrite) == OthersReadAndWrite;

    /// <summary>Who may do what, as <c>chmod</c> has it.</summary>
    public string Rights => Convert.ToString(Mode & 0x1FF, 8).PadLeft(4, '0');
}
