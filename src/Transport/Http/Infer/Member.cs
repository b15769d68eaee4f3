namespace Camshaft.Transport.Http.Infer;

/// <summary>The members that the server knows, of whichever object of a request.</summary>
[Flags]
internal enum Member
{
    None = 0,
    Id = 1,
    Parameters = 2,
    Inputs = 4,
    Outputs = 8,
    Name = 16,
    Shape = 32,
    DataType = 64,
    Data = 128,
    BinaryDataOutput = 256,
    Priority = 512,
    Timeout = 1024,
    SequenceId = 2048,
    BinaryDataSize = 4096,
    BinaryData = 8192,
}
