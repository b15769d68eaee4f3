using Camshaft.Engine;
using Camshaft.Samples.Embedded;
using Camshaft.Transport.Hosting;
using Camshaft.Transport.Http;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

var builder = WebApplication.CreateBuilder(args);

// ASP.NET Core's scope and four lines for each request cost more than a small model's run. The scope is there until the
// category is off altogether.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

var engineOptions = new EngineOptions { ModelDirectories = [Path.Combine(AppContext.BaseDirectory, "models")] };
builder.Services.AddCamshaft(engineOptions).AddHttp();
builder.Services.AddHealthChecks().AddCamshaft(DigitClassifier.ModelName);
builder.Services.AddSingleton<DigitClassifier>();

// Room for the engine's drain, and for unloading after it.
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = engineOptions.DrainTimeout + TimeSpan.FromSeconds(15));

var app = builder.Build();
app.MapCamshaft();
app.MapPost("/digits", DigitEndpoint.HandleAsync);
app.MapHealthChecks("/healthz", new HealthCheckOptions { ResponseWriter = HealthAnswer.WriteAsync });
app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(CamshaftHealthExtensions.LiveTag) });
app.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(CamshaftHealthExtensions.ReadyTag) });
app.Run();
