#!/usr/bin/env pwsh
#Requires -Version 7
<#
.SYNOPSIS
Runs the test suites by the command line `conformance run`, and puts its reports into a folder.
.EXAMPLE
./run-spectests.ps1 -Suite testsuite -Filter 'simd_*'
#>
param(
    [string[]] $Suite = @(),                                            # names of pinned suites, folders or files; the official suite when empty
    [string] $Filter = '',                                              # a glob on paths or file names
    [string] $Runtime = 'reference',                                    # the runtime under test
    [string] $ReportFolder = (Join-Path $PSScriptRoot 'reports/out')    # where the reports go
)

$project = Join-Path $PSScriptRoot 'harness/src/Conformance.Cli'
New-Item -ItemType Directory -Force $ReportFolder | Out-Null

$arguments = @($Suite) + @(
    '--runtime', $Runtime
    '--json', (Join-Path $ReportFolder 'result.json')
    '--junit', (Join-Path $ReportFolder 'result.xml')
    '--markdown', (Join-Path $ReportFolder 'result.md')
)
if ($Filter) { $arguments += '--filter', $Filter }

dotnet run -c Release --project $project -- run @arguments
exit $LASTEXITCODE
